#include <belay/schema.h>
