import { statSync } from 'node:fs'
import { join } from 'node:path'
import { leashed } from './leashed.mjs'
import { Refusal } from './refusal.mjs'

const STEP_MS = 10_000

/** Installs what the lock file of a directory lists, unless that is there; says so, since npm is silent for most of a minute. */
export async function install(directory = '.') {
  if (isInstalled(directory)) return
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const list = join(directory, 'package-lock.json')
  console.log(`Installing what ${list} lists (npm ci). This happens once and takes about a minute.`)
  const steps = setInterval(() => console.log(`  still installing, ${seconds()} s`), STEP_MS)
  const command = 'npm ci --loglevel=error --no-audit --no-fund'.split(' ')
  const elsewhere = directory === '.' ? [] : ['--prefix', directory]
  const status = await leashed([...command, ...elsewhere]).ended
  clearInterval(steps)
  if (status !== 0) throw new Refusal('npm could not install the packages; it says why above.')
  console.log(`Installed in ${seconds()} s.`)
}

/**
 * npm writes that file last; a lock file that is younger came with a pull.
 * @param {string} directory
 */
function isInstalled(directory) {
  const list = statSync(join(directory, 'package-lock.json'))
  const installed = statSync(join(directory, 'node_modules/.package-lock.json'), {
    throwIfNoEntry: false,
  })
  return installed !== undefined && installed.mtimeMs > list.mtimeMs
}
