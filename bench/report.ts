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
      ratio === undefined ? '' : ratio.toFixed(2),
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

const shorten = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

export function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
}
