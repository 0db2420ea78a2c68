"""The kernels in C++: sources beside this file, and the library that is built from them."""
