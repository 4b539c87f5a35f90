import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Writes `x.gz` beside every script and style sheet, so that the server only has to send it. */
function precompress(): Plugin {
  return {
    name: "precompress",
    // From the files as they were written: other plugins still change the bundle before that.
    writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      for (const name of Object.keys(bundle))
        if (/\.(js|css)$/.test(name))
          writeFileSync(join(dir, `${name}.gz`), gzipSync(readFileSync(join(dir, name)), { level: 9 }));
    },
  };
}

const INSERTS_STYLES = "@rc-component/util/es/Dom/dynamicCSS.js";

/**
 * Gives the style elements that antd's parts insert without a nonce (to measure scroll bars) the page's own, which the
 * content security policy asks for. Fails the build when that file no longer looks as expected.
 */
function nonceEverywhere(): Plugin {
  const before = "    csp,\n    prepend,";
  const after =
    "    csp = { nonce: document.querySelector('meta[name=\"csp-nonce\"]')?.content },\n    prepend,";
  return {
    name: "nonce-everywhere",
    transform(code, id) {
      if (!id.split("?")[0]?.endsWith(INSERTS_STYLES)) return null;
      if (!code.includes(before))
        throw new Error(`${INSERTS_STYLES} has changed: look at nonceEverywhere again`);
      return { code: code.replace(before, after), map: null };
    },
  };
}

// biome-ignore lint/style/noDefaultExport: Vite reads its settings from a default export.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/console-assets/",
  plugins: [react(), nonceEverywhere(), precompress()],
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
