/* What a graphics processor computes, in WGSL: products and sums of matrices in flat arrays of float32. A matrix is told by the place
   of its first number (`_at`) and by the distance of its rows (`_row`); rows at a distance of 0 are one row, again and again. */
(function () {
  "use strict";

  const LANES = 64; // of a workgroup

  /** Returns a shader `{numbers, code}`: numbers "name: type" that the code finds in `o`, arrays that it reads, then those that it
      writes, of f32 if no type is told. */
  function shader(numbers, read, written, code) {
    const arrays = [...read.map((one) => [one, "read"]), ...written.map((one) => [one, "read_write"])];
    const bound = arrays.map(([one, way], i) => {
      const [name, type = "f32"] = one.split(": ");
      return `@group(0) @binding(${i + 1}) var<storage, ${way}> ${name}: array<${type}>;`;
    });
    const head = [`struct Numbers { ${numbers} }`, "@group(0) @binding(0) var<uniform> o: Numbers;", ...bound];
    return { numbers: numbers.split(", ").map((one) => one.split(": ")), code: [...head, code].join("\n") };
  }

  /** Returns a shader in which `body` is done for every `i` below o.count; `above` are functions that it calls. */
  const each = (numbers, read, written, body, above = "") => shader(`count: u32, ${numbers}`, read, written, `${above}
    @compute @workgroup_size(${LANES})
    fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
      for (var i = id.x; i < o.count; i += ${LANES}u * groups.x) {
        ${body}
      }
    }`);

  const [TILE, DEPTH, SIDE] = [32, 16, 8]; // of a tile of C, of the strips of A and B that it needs at a time, of a workgroup

  /* C = scale A B, added to C where `add` says so. Slice z of the depth goes into a C of its own, `c_slice` further on. */
  const product = shader("rows: u32, columns: u32, depth: u32, slice: u32, a_at: u32, a_row: u32, a_step: u32, b_at: u32, b_step: u32, b_column: u32, c_at: u32, c_row: u32, c_slice: u32, add: u32, scale: f32", ["A", "B"], ["C"], `
    var<workgroup> a: array<f32, ${TILE * DEPTH}>;
    var<workgroup> b: array<f32, ${TILE * DEPTH}>;
    @compute @workgroup_size(${SIDE}, ${SIDE})
    fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) own: u32) {
      let row = ${TILE}u * group.x;
      let column = ${TILE}u * group.y;
      let end = min(o.depth, (group.z + 1u) * o.slice);
      var sums: array<vec4<f32>, 4>;
      for (var k = group.z * o.slice; k < end; k += ${DEPTH}u) {
        for (var i = own; i < ${TILE * DEPTH}u; i += ${SIDE * SIDE}u) {
          var at = vec2<u32>(i / ${DEPTH}u, i % ${DEPTH}u);
          if (o.a_row == 1u) { at = vec2<u32>(i % ${TILE}u, i / ${TILE}u); }
          let inside = row + at.x < o.rows && k + at.y < end;
          a[at.y * ${TILE}u + at.x] = select(0.0, A[o.a_at + (row + at.x) * o.a_row + (k + at.y) * o.a_step], inside);
          at = vec2<u32>(i % ${TILE}u, i / ${TILE}u);
          if (o.b_step == 1u) { at = vec2<u32>(i / ${DEPTH}u, i % ${DEPTH}u); }
          let within = column + at.x < o.columns && k + at.y < end;
          b[at.y * ${TILE}u + at.x] = select(0.0, B[o.b_at + (k + at.y) * o.b_step + (column + at.x) * o.b_column], within);
        }
        workgroupBarrier();
        for (var s = 0u; s < ${DEPTH}u; s++) {
          let y = s * ${TILE}u + 4u * id.y;
          let right = vec4<f32>(b[y], b[y + 1u], b[y + 2u], b[y + 3u]);
          for (var i = 0u; i < 4u; i++) { sums[i] += a[s * ${TILE}u + 4u * id.x + i] * right; }
        }
        workgroupBarrier();
      }
      for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
          let r = row + 4u * id.x + i;
          let c = column + 4u * id.y + j;
          if (r < o.rows && c < o.columns) {
            let at = o.c_at + group.z * o.c_slice + r * o.c_row + c;
            C[at] = o.scale * sums[i][j] + select(0.0, C[at], o.add == 1u);
          }
        }
      }
    }`);

  /* C = S + T, or S alone. */
  const rows = each("columns: u32, c_at: u32, c_row: u32, s_at: u32, s_row: u32, t_at: u32, t_row: u32, both: u32", ["S", "T"], ["C"], `
        let r = i / o.columns;
        let c = i % o.columns;
        let other = select(0.0, T[o.t_at + r * o.t_row + c], o.both == 1u);
        C[o.c_at + r * o.c_row + c] = S[o.s_at + r * o.s_row + c] + other;`);

  /* c = the sums of S's columns, or of their squares; slice after slice of its rows, each into a c of its own. */
  const columns = each("columns: u32, rows: u32, slice: u32, s_at: u32, s_row: u32, c_at: u32, c_slice: u32, add: u32, squared: u32", ["S"], ["c"], `
        let part = i / o.columns;
        let column = i % o.columns;
        let end = min(o.rows, (part + 1u) * o.slice);
        var sum = 0.0;
        for (var r = part * o.slice; r < end; r++) {
          let s = S[o.s_at + r * o.s_row + column];
          sum += select(s, s * s, o.squared == 1u);
        }
        let at = o.c_at + part * o.c_slice + column;
        c[at] = sum + select(0.0, c[at], o.add == 1u);`);

  const exported = { LANES, TILE, each, matrices: { product, rows, columns } };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Timeless.graphics = { ...Timeless.graphics, ...exported };
})();
