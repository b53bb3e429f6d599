// npm run admin -- USERNAME [--remote]: makes the first admin of a site; they make the others over HTTP.
import { spawnSync } from 'node:child_process'
import { giveUp } from './start/refusal.mjs'
import { migrate } from './start/server.mjs'

const [username = '', place = '--local', ...rest] = process.argv.slice(2)

// wrangler takes SQL without parameters: only a name that needs no quoting gets into it.
if (
  !/^[a-z0-9_.]{3,32}$/i.test(username) ||
  !['--local', '--remote'].includes(place) ||
  rest.length
) {
  console.error('usage: npm run admin -- USERNAME [--local | --remote]')
  process.exit(2)
}

// Nobody may have started a server here yet.
if (place === '--local') await migrate('.wrangler/state').catch(giveUp)

const sql = `update users set role = 'admin' where username = '${username.toLowerCase()}' returning username, role`
const wrangler = spawnSync(
  'wrangler',
  ['d1', 'execute', 'chatroom', place, '--json', '--command', sql],
  { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' },
)
if (wrangler.status !== 0) {
  console.error(wrangler.stdout)
  process.exit(1)
}
const [{ results }]: [{ results: unknown[] }] = JSON.parse(wrangler.stdout)
if (results.length === 0) {
  console.error(`There is no user "${username}": register it first, then run this again.`)
  process.exit(1)
}
console.log(`${username} is an admin.`)
