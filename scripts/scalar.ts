// npm run scalar -- 1.76.0: fetches that version of the renderer of /docs from npm into public/docs.
// It is no dependency: docs/decisions/0001-reference-renderer.md says why.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FILE = 'public/docs/scalar.js'
const PINNED = 'scripts/scalar.json'

const [version = JSON.parse(readFileSync(PINNED, 'utf8')).version] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'scalar-'))
try {
  // npm holds the archive against the registry's checksum.
  const pack = ['pack', `@scalar/api-reference@${version}`, '--silent']
  const archive = execFileSync('npm', pack, { cwd: directory, encoding: 'utf8' }).trim()
  execFileSync('tar', ['xzf', archive], { cwd: directory })
  copyFileSync(join(directory, 'package/dist/browser/standalone.js'), FILE)
} finally {
  rmSync(directory, { recursive: true })
}
const sha256 = createHash('sha256').update(readFileSync(FILE)).digest('hex')
writeFileSync(PINNED, `${JSON.stringify({ version, sha256 }, null, 2)}\n`)
console.log(`${FILE} is version ${version}, ${sha256}`)
