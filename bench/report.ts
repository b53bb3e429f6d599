import { median } from './statistics'

/** One line of the table. Rounds are kept, so that `--json` shows the spread behind a median. */
export interface Row {
  workload: string
  unit: string
  ours: number
  floor?: number
  ratio?: number
  aim?: string
  /** Absent when there is only something to print. */
  met?: boolean
  rounds?: { ours: number[]; floor: number[] }
  /** The ratio of each start, where there was more than one: the ratio is their median. */
  ratios?: number[]
  /** Whether the least and the most of the rounds are printed beside their median. */
  showsSpread?: boolean
}

/** `versions`: the floor is another version of the service, and the aims are not for that. */
export function print(rows: Row[], versions: boolean): void {
  const table = [
    versions
      ? ['workload', 'this', 'that', 'ratio']
      : ['workload', 'ours', 'floor', 'ratio', 'aim', ''],
    ...rows.map(({ workload, unit, ours, floor, ratio, aim = '', met, ...row }) => [
      workload,
      `${shorten(ours)} ${unit}${spreadOf(row, 'ours')}`,
      floor === undefined ? '' : `${shorten(floor)} ${unit}${spreadOf(row, 'floor')}`,
      ratio === undefined ? '' : `${ratio.toFixed(2)}${spreadOfStarts(row)}`,
      versions ? '' : aim,
      versions || met === undefined ? '' : met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  )
  for (const cells of table) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}

function spreadOf({ showsSpread, rounds }: Partial<Row>, of: 'ours' | 'floor'): string {
  if (!showsSpread || !rounds) return ''
  return ` (${shorten(Math.min(...rounds[of]))} to ${shorten(Math.max(...rounds[of]))})`
}

function spreadOfStarts({ ratios }: Partial<Row>): string {
  if (!ratios) return ''
  return ` (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`
}

/** One row for all starts of a workload. Two processes of one bundle differ by more than their rounds do. */
export function overStarts(starts: Row[][]): Row[] {
  const [first = []] = starts
  if (starts.length === 1) return first
  return first.map((row, index) => {
    const all = starts.flatMap((rows) => rows[index] ?? [])
    const { ratio, floor } = row
    const ratios = all.map((one) => one.ratio ?? 0)
    return {
      ...row,
      ours: median(all.map(({ ours }) => ours)),
      ...(floor !== undefined && { floor: median(all.map((one) => one.floor ?? 0)) }),
      ...(ratio !== undefined && { ratio: median(ratios), ratios }),
      ...(row.met !== undefined && { met: all.filter(({ met }) => met).length * 2 > all.length }),
      ...(row.rounds && {
        rounds: {
          ours: all.flatMap(({ rounds }) => rounds?.ours ?? []),
          floor: all.flatMap(({ rounds }) => rounds?.floor ?? []),
        },
      }),
    }
  })
}

const shorten = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

export function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
}
