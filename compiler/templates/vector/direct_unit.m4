m4_dnl A unit of filters of several kernels of direct.m4, which differ in nothing that it knows but their channels.
PART([<vector/direct_shared.m4>], [<UNIT_VECTORS>], VECTORS, [<TILING>], [<>])m4_dnl
