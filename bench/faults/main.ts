import { parseArgs } from 'node:util'
import { progress } from '../report'
import { Pool } from '../runtime/pool'
import { floods } from './floods/floods'
import { fullDisk } from './full-disk'
import { hostileSockets } from './hostile-sockets'
import { hostileUploads } from './hostile-uploads'
import { largeResumes } from './large-resumes'
import type { Scenario } from './scenario'
import { slowDirectory } from './slow-directory'
import { stalledReaders } from './stalled-readers'

const scenarios: Scenario[] = [
  fullDisk,
  stalledReaders,
  largeResumes,
  hostileSockets,
  ...hostileUploads,
  ...slowDirectory,
  ...floods,
]

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
progress('building')
const pool = await Pool.build()
let isSound = true
try {
  for (const { name, run } of scenarios.filter(({ name }) => name.includes(values.only))) {
    progress(name)
    const { facts, problems } = await run(pool)
    await pool.stop()
    progress('')
    console.log({ scenario: name, ...facts, problems: problems.slice(0, 20) })
    isSound &&= problems.length === 0
  }
} finally {
  await pool.stop()
}
process.exit(isSound ? 0 : 1)
