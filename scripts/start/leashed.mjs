import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEASH = fileURLToPath(new URL('leash.mjs', import.meta.url).href)

/**
 * Starts a command of the packages that ends with this process, and with all that it started, however this ends.
 * @param {string[]} command
 * @param {{ env?: Record<string, string>, isQuiet?: boolean }} [options] what is quiet keeps its output for `printed`
 */
export function leashed(command, { env = {}, isQuiet = false } = {}) {
  const output = isQuiet ? 'pipe' : 'inherit'
  const leash = spawn(process.execPath, [LEASH, ...command], {
    env: {
      ...process.env,
      ...env,
      // Wrangler needs a later node than the machine may have; the packages bring one.
      PATH: [join(process.cwd(), 'node_modules/.bin'), process.env.PATH].join(delimiter),
    },
    stdio: ['pipe', output, output],
    detached: true,
  })
  let printed = ''
  for (const stream of [leash.stdout, leash.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      printed += text
    })
  }
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    leash.on('close', (code) => {
      endGroup(leash.pid)
      resolve(code ?? 1)
    })
  })
  return {
    /** Its exit code, once it has ended. */
    ended,
    printed: () => printed,
    stop: () => {
      leash.stdin?.end()
      return ended
    },
  }
}

/**
 * Ends what a command has left behind.
 * @param {number | undefined} pid
 */
function endGroup(pid) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing was left.
  }
}
