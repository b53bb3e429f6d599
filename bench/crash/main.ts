import { progress } from '../report'
import { Pool } from '../runtime/pool'
import * as args from './arguments'
import { type Breakage, breakages, broken } from './breakages'
import { run } from './run'

const given = args.read()
progress(`seed ${given.seed}: building`)
const pool = await Pool.build()
let isSound = true
// Each run looks for where they go, so that none is out of date when it is needed.
for (const breakage of breakages) broken(pool.bundles.ours, breakage)
try {
  if (given.broken === undefined) isSound = await test()
  else for (const one of breakages.filter(isMeant)) isSound = (await prove(one)) && isSound
} finally {
  await pool.stop()
}
process.exit(isSound ? 0 : 1)

async function test(): Promise<boolean> {
  const ledger = await run(await pool.ours(), given)
  progress('')
  const { acknowledged, delivered, problems } = ledger
  const [lost, doubled] = [ledger.count('lost'), ledger.count('doubled')]
  const { kills, seed } = given
  console.log({
    kills,
    seed,
    acknowledged,
    delivered,
    lost,
    doubled,
    problems: problems.slice(0, 20),
  })
  return problems.length === 0
}

/** Whether a room that is wrong in this way is caught at it. */
async function prove(breakage: Breakage): Promise<boolean> {
  const ledger = await run(await pool.changed((bundle) => broken(bundle, breakage)), given)
  await pool.stop()
  const { name, fault } = breakage
  const { acknowledged, problems } = ledger
  progress('')
  console.log({ name, fault, caught: ledger.count(fault), problems: problems.length, acknowledged })
  return ledger.count(fault) > 0
}

function isMeant({ name }: Breakage): boolean {
  return given.broken === 'all' || name.includes(given.broken ?? '')
}
