// Runs a Python program of this checkout in Pyodide, which is CPython for WebAssembly:
//
//     npm install pyodide && node tests/peers/pyodide_programs.mjs tests/support/pure_programs.py [ARGUMENT ...]
//
// Pyodide is the one that npm has installed for the working directory.
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const checkout = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const found = createRequire(resolve(process.cwd(), "package.json")).resolve("pyodide/pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(found).href);

const [program, ...given] = process.argv.slice(2);
const pyodide = await loadPyodide({ env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" } });
pyodide.mountNodeFS("/checkout", checkout);
pyodide.globals.set("command", pyodide.toPy([program, ...given]));
try {
  pyodide.runPython(`
import os, runpy, sys

os.chdir("/checkout")
sys.path.insert(0, "/checkout")
sys.argv = list(command)
runpy.run_path(sys.argv[0], run_name="__main__")
`);
} catch (error) {
  // Node would show the line of the error, which is all of Pyodide.
  console.error(error.message);
  process.exit(1);
}
