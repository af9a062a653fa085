# Clang 19 as one shared library, and the headers of its parts: ClangCpp::ClangCpp. Debian has it as
# libclang-19-dev, libclang-cpp19-dev and llvm-19-dev.
#
# BELAY_CLANG_RESOURCES is the folder of the headers that come with the compiler itself.
set(ClangCpp_VERSION 19)
set(prefix /usr/lib/llvm-${ClangCpp_VERSION})
find_path(ClangCpp_INCLUDE_DIR clang/AST/ASTContext.h HINTS ${prefix}/include)
find_path(ClangCpp_LLVM_INCLUDE_DIR llvm/ADT/PointerIntPair.h HINTS ${prefix}/include)
find_library(ClangCpp_LIBRARY NAMES clang-cpp${ClangCpp_VERSION} clang-cpp HINTS ${prefix}/lib)
find_library(ClangCpp_LLVM_LIBRARY NAMES LLVM-${ClangCpp_VERSION} HINTS ${prefix}/lib)
find_path(BELAY_CLANG_RESOURCES include/stddef.h
  HINTS ${prefix}/lib/clang/${ClangCpp_VERSION} NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ClangCpp
  REQUIRED_VARS ClangCpp_LIBRARY ClangCpp_LLVM_LIBRARY ClangCpp_INCLUDE_DIR
                ClangCpp_LLVM_INCLUDE_DIR BELAY_CLANG_RESOURCES
  VERSION_VAR ClangCpp_VERSION)
if(ClangCpp_FOUND AND NOT TARGET ClangCpp::ClangCpp)
  add_library(ClangCpp::ClangCpp INTERFACE IMPORTED)
  set_target_properties(ClangCpp::ClangCpp PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${ClangCpp_INCLUDE_DIR};${ClangCpp_LLVM_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${ClangCpp_LIBRARY};${ClangCpp_LLVM_LIBRARY}")
endif()
