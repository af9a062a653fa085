#include "analyzer/rules/rule.h"
