// npm start: wrangler's local server, which says what it does until it serves. PORT or --port says where; other
// arguments go to wrangler. It begins on the node of the machine, before anything is installed.
import { accessSync, constants } from 'node:fs'
import { install } from './start/install.mjs'
import { optionsOf } from './start/options.mjs'
import { buildPage } from './start/page.mjs'
import { freePort } from './start/port.mjs'
import { giveUp, Refusal } from './start/refusal.mjs'
import { isUp, migrate, serve } from './start/server.mjs'
import { lockStorage } from './start/storage-lock.mjs'
import { checkSecret, makeSecret } from './start/token-secret.mjs'

async function start() {
  const { host, storage, ...options } = optionsOf(process.argv.slice(2), process.env.PORT)
  let stopServer = async () => {}
  const stop = () => stopServer().then(() => process.exit(0))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
  // Whoever read the output is gone, as with `npm start | head -1`.
  process.stdout.on('error', stop)
  stopWithNpm(stop)

  checkFolder()
  makeSecret()
  checkSecret()
  const lock = lockStorage(storage)
  process.on('exit', lock.release)
  const port = await freePort(options.port)
  lock.tellPort(port)
  await install()
  console.log('Starting ...')
  await Promise.all([migrate(storage), buildPage()])
  const origin = `http://${host}:${port}`
  const server = serve({ ...options, port, origin })
  let isWanted = true
  stopServer = async () => {
    isWanted = false
    await server.stop()
  }
  server.ended.then((code) => isWanted && process.exit(code))

  await isUp(origin)
  console.log(banner(origin))
}

/** Everything that is made lies in this folder. */
function checkFolder() {
  try {
    accessSync('.', constants.W_OK)
  } catch {
    throw new Refusal(
      `${process.cwd()} cannot be written to, and the packages, the secret and the storage go there. Clone into a folder of yours.`,
    )
  }
}

/**
 * Where npm was killed, nobody passes that on. (It is the parent: its shell became this process by `exec`.)
 * @param {() => void} stop
 */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event !== 'start') return
  const npm = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(watch)
    stop()
  }, 250).unref()
}

/** @param {string} origin */
const banner = (origin) => `
chatroom is at ${origin}

  ${origin}/              the chat, in a browser
  ${origin}/docs          the endpoints, to try out
  ${origin}/docs/socket   the socket's frames
  ${origin}/docs/events   every change of a room; /docs/problems: every refusal
  ${origin}/_local/mail   the e-mails that it would have sent
  ${origin}/openapi.json  the same for machines, and /asyncapi.json

Ctrl-C stops it; what it stores stays in .wrangler.
`

start().catch(giveUp)
