m4_dnl What the units of several kernels of direct.m4 leave, for sets of which they leave any.
m4_define([<REST_TILING>], IF(REST_FILL, [<REST_>]))m4_dnl
IF(REST, [<PART([<vector/direct_shared.m4>], [<UNIT_VECTORS>], REST, [<TILING>], REST_TILING, [<FILL>], REST_FILL,
    [<REGIONS>], m4_indir(REST_TILING[<REGIONS>]), [<SHAPES>], m4_indir(REST_TILING[<SHAPES>]))>])m4_dnl
