-- migrate:up transaction:false
VACUUM;

-- migrate:down transaction:true
-- nothing to undo
