// Compiles kernels/ to WebAssembly. Writes {"simd", "fused"} as JSON on standard output, each a module in base64: without and
// with relaxed SIMD, whose products and sums are rounded once.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = dirname(fileURLToPath(import.meta.url));
const OPTIONS = ["kernels/index.ts", "--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];

async function compiled(...more) {
  let code = null;
  const { error, stderr } = await asc.main([...OPTIONS, ...more], {
    readFile(name, base) {
      try {
        return readFileSync(join(here, base, name), "utf8");
      } catch {
        return null; // the compiler looks in several places
      }
    },
    writeFile(_, contents) {
      code = contents;
    },
    listFiles: () => [],
  });
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  return Buffer.from(code).toString("base64");
}

process.stdout.write(JSON.stringify({ simd: await compiled(), fused: await compiled("--enable", "relaxed-simd") }));
