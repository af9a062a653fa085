// Checks the types and bundles the extension into one file: node build.mjs OUT_FILE
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outfile = process.argv[2] ?? `${here}dist/extension.js`;

try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: here, stdio: 'inherit' });
} catch {
  process.exit(1);
}
await build({
  absWorkingDir: here,
  entryPoints: ['src/extension.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18', // that of Visual Studio Code 1.82
  external: ['vscode'],
  minify: true,
  legalComments: 'eof',
  logLevel: 'warning',
});
