// npm run build:page: the page at `/` into public/page, unless what is there was made from the same sources.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const OUT = 'public/page'
const SOURCES = ['src/page', 'src/client', 'package-lock.json', 'scripts/page.ts']
// It goes with the packages, whose versions are in what was built.
const CACHE = 'node_modules/.cache/page'
const STAMP = `${CACHE}.hash`

const hash = hashOf(SOURCES)
if (!isBuilt(hash)) buildPage()

/** Whoever serves the folder meanwhile sees the old page or the new one, never half of one. */
function buildPage() {
  const draft = `${CACHE}.${process.pid}`
  const options = ['--config', 'src/page/vite.config.ts', '--outDir', join(process.cwd(), draft)]
  execFileSync('vite', ['build', '--logLevel', 'warn', '--emptyOutDir', ...options], {
    stdio: 'inherit',
    // Tests say `test`, and Vite would make a page for developers, a third larger.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  rmSync(OUT, { recursive: true, force: true })
  try {
    renameSync(draft, OUT)
  } catch (error) {
    // Another build was first.
    if (!existsSync(join(OUT, 'index.html'))) throw error
    rmSync(draft, { recursive: true })
  }
  mkdirSync('node_modules/.cache', { recursive: true })
  writeFileSync(STAMP, hash)
}

function isBuilt(wanted: string): boolean {
  if (!existsSync(join(OUT, 'index.html')) || !existsSync(STAMP)) return false
  return readFileSync(STAMP, 'utf8') === wanted
}

function hashOf(sources: string[]): string {
  const sum = createHash('sha256')
  for (const file of sources.flatMap(filesOf).sort()) {
    sum.update(`${file}\0`)
    sum.update(readFileSync(file))
  }
  return sum.digest('hex')
}

function filesOf(source: string): string[] {
  if (!statSync(source).isDirectory()) return [source]
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}
