DROP VIEW monthly;
