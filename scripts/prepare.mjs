// Builds the console after an install (`npm ci`). An install without development packages has no builder: the
// server then says so at `/` instead of showing the console.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
let found = true;
try {
  require.resolve("vite");
} catch {
  found = false;
}
if (found) {
  const { build } = await import("vite");
  await build({ configFile: fileURLToPath(new URL("../web/vite.config.ts", import.meta.url)) });
  console.log("The console is built.");
} else {
  console.log("The console is not built: the packages for building it are not installed.");
}
