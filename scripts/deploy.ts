// npm run deploy: migrates the remote database, then deploys. With --dry-run it only builds, and nothing leaves this
// machine; other arguments of `wrangler deploy` go with that, since a migration would not know what they mean.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// The page at `/` is one of the files that go along.
execFileSync('node', ['scripts/page.ts'], { stdio: 'inherit' })

const args = process.argv.slice(2)
const isDry = args.includes('--dry-run')

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

function wrangler(...command: string[]): void {
  const { status } = spawnSync('wrangler', command, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!isDry && args.length > 0) fail('usage: npm run deploy [-- --dry-run]')
if (isDry) {
  wrangler('deploy', ...args)
} else {
  if (/^database_id = "[0-]*"$/m.test(readFileSync('wrangler.toml', 'utf8'))) {
    fail(
      'database_id in wrangler.toml is not set yet: put the id there that `wrangler d1 create chatroom` printed.',
    )
  }
  // The new version needs the new tables; the old one does not mind them.
  wrangler('d1', 'migrations', 'apply', 'chatroom', '--remote')
  wrangler('deploy')
}
