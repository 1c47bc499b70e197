m4_include([<vector/vector.m4>])m4_dnl
m4_dnl What the units of several kernels of direct.m4 leave, for sets of which they leave any.
IF(REST, [<PART([<vector/direct_shared.m4>], [<UNIT_VECTORS>], REST,
    [<TILING>], IF(REST_FILL, [<REST_>]), [<FILL>], REST_FILL)>])m4_dnl
