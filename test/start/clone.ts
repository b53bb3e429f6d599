import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after } from 'node:test'
import { type Environment, processesOf } from './program.ts'

const ROOT = dirname(dirname(import.meta.dirname))
const made: string[] = []

// Also after a test that failed in between: what still runs would keep the run of tests from ending.
after(() => {
  for (const dir of made) {
    for (const pid of processesOf(dir).keys()) process.kill(pid, 'SIGKILL')
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
})

function folder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `chatroom-${name}-`))
  made.push(dir)
  return dir
}

/** A clone of what is committed, in which nothing has run yet. */
export function freshClone(): string {
  const dir = join(folder('clone'), 'chatroom')
  const config = join(folder('git'), 'config')
  // CI may run as another user than the one the checkout belongs to.
  writeFileSync(config, '[safe]\n\tdirectory = *\n')
  const env = { ...process.env, GIT_CONFIG_GLOBAL: config }
  if (existsSync(join(ROOT, '.git'))) {
    execFileSync('git', ['clone', '--quiet', ROOT, dir], { env, stdio: 'pipe' })
    return dir
  }
  const isSource = (path: string) => !/\/(node_modules|\.wrangler|\.dev\.vars)$/.test(path)
  cpSync(ROOT, dir, { recursive: true, filter: isSource })
  return dir
}

/** What a newcomer's shell has: the node of the machine, and nothing that npm sets for this run of tests. */
function environment(path: string[]): Environment {
  const ours = /^(npm_|NODE_|INIT_CWD$|CI$|PORT$|WRANGLER_|CLOUDFLARE_|FORCE_COLOR$)/i
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  const machine = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => !/node_modules|node-gyp-bin/.test(dir))
  return {
    ...Object.fromEntries(kept),
    PATH: [...path, ...machine].join(delimiter),
    // npm may say at any time that there is a newer npm.
    npm_config_update_notifier: 'false',
  }
}

/** A folder for PATH with a script in it. */
export function shim(name: string, script: string): string {
  const dir = folder('bin')
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(dir, name), 0o755)
  // Another user runs it, too.
  chmodSync(dir, 0o755)
  return dir
}

/** The environment of a newcomer whose `npm ci` really installs. */
export const newcomer = environment([])

const which = (name: string) =>
  spawnSync('sh', ['-c', `command -v ${name}`], {
    env: { ...process.env, ...newcomer },
    encoding: 'utf8',
  }).stdout.trim()

/** The node and npm of the machine. */
export const machine = { node: which('node'), npm: which('npm') }

const LOCK = 'node_modules/.package-lock.json'
const linked = `if [ "$1" = ci ]; then
  cp -al '${ROOT}/node_modules' . 2>/dev/null || cp -R '${ROOT}/node_modules' .
  rm -f ${LOCK}; cp '${ROOT}/${LOCK}' ${LOCK}
else
  exec '${machine.npm}' "$@"
fi`

/** The same with an `npm ci` that links what is installed here: all but the half minute that it takes. */
export const quickNewcomer = environment([shim('npm', linked)])
