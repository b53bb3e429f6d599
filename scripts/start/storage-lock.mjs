import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, Refusal } from './refusal.mjs'

/**
 * @typedef {object} Holder
 * @property {number} pid
 * @property {string} began when that process began, as the system says it: a later process may get its id
 * @property {number} port
 * @property {string} since
 */

/**
 * Locks a folder of storage: two servers on one storage would give the same seq twice. A lock whose process is gone
 * is taken over. Throws a refusal that names the holder.
 * @param {string} storage
 * @returns {{ tellPort: (port: number) => void, release: () => void }}
 */
export function lockStorage(storage) {
  const file = join(storage, 'server.lock')
  const draft = `${file}.${process.pid}`
  /** @type {Holder} */
  const own = {
    pid: process.pid,
    began: beginningOf(process.pid),
    port: 0,
    since: new Date().toISOString(),
  }
  try {
    mkdirSync(storage, { recursive: true })
    writeFileSync(draft, JSON.stringify(own))
  } catch (error) {
    throw new Refusal(`${storage} is for storage and cannot be written to (${codeOf(error)}).`)
  }
  try {
    // A link appears whole or not at all, and only one of two can make it.
    while (!linked(draft, file)) takeOver(file, storage)
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    tellPort: (port) => {
      writeFileSync(draft, JSON.stringify({ ...own, port }))
      renameSync(draft, file)
    },
    release: () => {
      if (read(file)?.pid === process.pid) rmSync(file, { force: true })
    },
  }
}

/**
 * Removes the lock of a process that is gone; refuses where its holder lives.
 * @param {string} file
 * @param {string} storage
 */
function takeOver(file, storage) {
  const holder = read(file)
  if (holder && beginningOf(holder.pid) === holder.began) {
    const place = holder.port ? `on http://localhost:${holder.port}` : 'and is still starting'
    throw new Refusal(
      `A server runs on this storage already (${storage}): process ${holder.pid}, ${place}, since ${holder.since}. Stop it with: kill ${holder.pid}`,
    )
  }
  const grave = `${file}.${process.pid}.stale`
  try {
    renameSync(file, grave)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  // Someone else may have taken it over between the two lines: theirs goes back.
  if (read(grave)?.pid !== holder?.pid) linked(grave, file)
  rmSync(grave)
}

/**
 * @param {string} from
 * @param {string} to
 */
function linked(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * @param {string} file
 * @returns {Holder | undefined}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * When a process began, in whatever form the system has; empty for one that is gone or only waits to be reaped.
 * @param {number} pid
 */
function beginningOf(pid) {
  try {
    // What follows the name, which may hold spaces: the state first, the time it began as the twentieth.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    if (process.platform === 'linux') return ''
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  }
}
