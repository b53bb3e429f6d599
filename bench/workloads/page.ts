import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, resolve } from 'node:path'
import { type Service, start } from '../../test/proof/service'
import type { Row } from '../report'
import { median } from '../statistics'
import type { Workload } from '../workload'

type Seen = Record<'cold' | 'again' | 'desktop' | 'phone', number[]>

/** A room of 62 messages is opened by its address, in Chromium, on the machine of the service. */
export const page: Workload = {
  name: 'page',
  run: async ({ against, rounds, progress }) => {
    progress('page: building')
    // It says itself that there is no browser.
    if (spawnSync('node', ['scripts/browser-tools.ts'], { stdio: 'inherit' }).status !== 0)
      return []
    const checkouts = against === undefined ? ['.'] : ['.', against]
    for (const cwd of checkouts)
      execFileSync('node', ['scripts/page.ts'], { cwd, stdio: 'inherit', env: pathOf(cwd) })
    const services: Service[] = []
    try {
      for (const checkout of checkouts)
        services.push(await start({ POSTS_AT_ONCE: '1000000' }, checkout))
      progress('page')
      const seen = await look(
        rounds,
        services.map(({ url }) => url),
      )
      return [
        row('page, cold, first message', 'ms', 'cold', seen),
        row('page, again, first message', 'ms', 'again', seen),
        row('page, layout shift at 1440 px', '', 'desktop', seen),
        row('page, layout shift at 390 px', '', 'phone', seen),
      ]
    } finally {
      for (const service of services) await service.stop()
    }
  },
}

function row(workload: string, unit: string, what: keyof Seen, [ours, floor]: Seen[]): Row {
  const rounds = { ours: ours?.[what] ?? [], floor: floor?.[what] ?? [] }
  const medians = { ours: median(rounds.ours), ...(floor && { floor: median(floor[what]) }) }
  return { workload, unit, ...medians, rounds, showsSpread: true }
}

/** In a process of its own, since the browser's packages are not this one's. */
async function look(rounds: number, urls: string[]): Promise<Seen[]> {
  const child = spawn('node', ['test/browser/page-load.ts', String(rounds), ...urls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(output)
  return JSON.parse(output)
}

/** What a checkout is built with are its own packages. */
const pathOf = (checkout: string) => ({
  ...process.env,
  PATH: [resolve(checkout, 'node_modules/.bin'), process.env.PATH].join(delimiter),
})
