// What Qt declares, as far as the tests call it.
#pragma once

class QByteArray {
 public:
  const char* constData() const;
};
class QLatin1String {
 public:
  explicit QLatin1String(const char*);
};
struct QStringDataPtr {
  const void* data;
};
class QString {
 public:
  QString();
  QString(const char*);
  QString(QLatin1String);
  QString(QStringDataPtr);
  QString arg(const QString&, int width = 0) const;
  QString arg(const QString&, const QString&) const;
  QString arg(int, int width = 0, int base = 10) const;
  QString& append(const QString&);
  QString& operator+=(const QString&);
  QByteArray toUtf8() const;
  static QString fromUtf8(const char*);
  static QString number(int);
};
QString operator+(const QString&, const QString&);

/// As Qt 5 writes it.
#define QStringLiteral(text)                                                           \
  ([]() noexcept -> QString {                                                          \
    static const struct { char16_t data[sizeof(u"" text) / 2]; } literal = {u"" text}; \
    return QString(QStringDataPtr{&literal});                                          \
  }())

class QSqlDatabase {
 public:
  class QSqlQuery exec(const QString& query = QString()) const;
};
class QSqlQuery {
 public:
  explicit QSqlQuery(const QString& query = QString(), QSqlDatabase database = QSqlDatabase());
  explicit QSqlQuery(QSqlDatabase database);
  QSqlQuery(const QSqlQuery&);
  bool exec(const QString& query);
  bool exec();
  bool prepare(const QString& query);
};
