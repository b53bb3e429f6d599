import { statSync } from 'node:fs'
import { leashed } from './leashed.mjs'
import { Refusal } from './refusal.mjs'

const STEP_MS = 10_000

/** Installs what the lock file lists, unless that is there; says so, since npm is silent for most of a minute. */
export async function install() {
  if (isInstalled()) return
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  console.log(
    'Installing what package-lock.json lists (npm ci). This happens once and takes about a minute.',
  )
  const steps = setInterval(() => console.log(`  still installing, ${seconds()} s`), STEP_MS)
  const status = await leashed('npm ci --loglevel=error --no-audit --no-fund'.split(' ')).ended
  clearInterval(steps)
  if (status !== 0) throw new Refusal('npm could not install the packages; it says why above.')
  console.log(`Installed in ${seconds()} s.`)
}

/** npm writes that file last; a lock file that is younger came with a pull. */
function isInstalled() {
  const installed = statSync('node_modules/.package-lock.json', { throwIfNoEntry: false })
  return installed !== undefined && installed.mtimeMs > statSync('package-lock.json').mtimeMs
}
