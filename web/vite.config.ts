import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Writes `x.gz` beside every script and style sheet, so that the server only has to send it. */
function precompress(): Plugin {
  return {
    name: "precompress",
    generateBundle(_options, bundle) {
      for (const [fileName, item] of Object.entries(bundle)) {
        if (!/\.(js|css)$/.test(fileName)) continue;
        const source = item.type === "chunk" ? item.code : item.source;
        this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
      }
    },
  };
}

// biome-ignore lint/style/noDefaultExport: Vite reads its settings from a default export.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/console-assets/",
  plugins: [react(), precompress()],
  logLevel: "warn",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "",
    target: "es2022",
    chunkSizeWarningLimit: 1_500,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
});
