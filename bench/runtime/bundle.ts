import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'

export interface Bundle {
  /** The configuration it was built from, and whose bindings it needs. */
  config: string
  script: string
  bytes: number
  gzipped: number
}

/** Builds a Worker of a checkout as a deploy would, from one entry and the configuration of another or the same. */
export async function build(config: string, entry: string, checkout = '.'): Promise<Bundle> {
  const outdir = await mkdtemp(join(tmpdir(), 'chatroom-bundle-'))
  try {
    const args = ['deploy', entry, '--dry-run', '--config', config, '--outdir', outdir]
    await promisify(execFile)('node_modules/.bin/wrangler', args, { cwd: checkout })
    const script = await readFile(join(outdir, `${basename(entry, '.ts')}.js`), 'utf8')
    const gzipped = gzipSync(script).length
    return { config: join(checkout, config), script, bytes: Buffer.byteLength(script), gzipped }
  } finally {
    await rm(outdir, { recursive: true })
  }
}
