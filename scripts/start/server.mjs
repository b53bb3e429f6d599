import { leashed } from './leashed.mjs'
import { Refusal } from './refusal.mjs'

const env = {
  WRANGLER_LOG: process.env.WRANGLER_LOG ?? 'warn',
  // It would ask an outside host where this machine is.
  CLOUDFLARE_CF_FETCH_ENABLED: process.env.CLOUDFLARE_CF_FETCH_ENABLED ?? 'false',
}

/**
 * Brings the local database up to date.
 * @param {string} storage
 */
export async function migrate(storage) {
  const command = 'wrangler d1 migrations apply chatroom --local --persist-to'.split(' ')
  // Without CI it would ask whether it may.
  const options = { env: { ...env, CI: '1' }, isQuiet: true }
  const migration = leashed([...command, storage], options)
  if ((await migration.ended) === 0) return
  throw new Refusal(`The local database could not be brought up to date.\n${migration.printed()}`)
}

/**
 * Starts wrangler's local server.
 * @param {{ port: number, origin: string, rest: string[] }} options
 */
export const serve = ({ port, origin, rest }) =>
  // The flag keeps wrangler from warning of crons before it has said anything else.
  leashed(
    ['wrangler', 'dev', '--test-scheduled', '--port', String(port), ...localMail(origin), ...rest],
    { env },
  )

// E-mail works without an account: it is kept, and shown at /_local/mail. Later ones of a name win.
/** @param {string} origin */
const localMail = (origin) =>
  ['MAIL_FROM:chatroom@localhost', `PUBLIC_URL:${origin}`, 'LOCAL_MAIL:on'].flatMap((value) => [
    '--var',
    value,
  ])

/**
 * Resolves when the server says that it is well.
 * @param {string} origin
 */
export async function isUp(origin) {
  const isWell = () =>
    fetch(`${origin}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isWell())) await new Promise((resolve) => setTimeout(resolve, 200))
}
