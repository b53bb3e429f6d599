import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { app } from '../src/app'
import { documentOf } from '../src/docs/openapi'
import { statusOf, titleOf } from '../src/errors'
import { closeCodes } from '../src/schemas/close-codes'

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)

const paths = documentOf(app).paths as Record<
  string,
  Record<string, { summary: string; description: string }>
>

/** What stands between two marks of a page, each made of what it describes. */
const blocks: { page: string; name: string; rows: string[] }[] = [
  {
    page: 'docs/api.md',
    name: 'endpoints',
    rows: table(
      ['endpoint', 'what it does', 'who may'],
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { summary, description }]) => [
          `\`${method.toUpperCase()} ${path}\``,
          summary,
          description.split('**Who:** ')[1] ?? '',
        ]),
      ),
    ),
  },
  {
    page: 'docs/socket.md',
    name: 'close codes',
    rows: table(
      ['code', 'why', 'what to do'],
      Object.entries(closeCodes).map(([code, { why, next }]) => [code, why, next]),
    ),
  },
  {
    page: 'docs/api.md',
    name: 'problems',
    rows: table(
      ['code', 'status', 'meaning'],
      Object.entries(statusOf).map(([code, status]) => [
        `\`${code}\``,
        String(status),
        titleOf[code as keyof typeof titleOf],
      ]),
    ),
  },
]

const blockOf = (name: string) =>
  new RegExp(`(<!-- ${name}\\b[^>]*-->\n)([\\s\\S]*?)(<!-- /${name} -->)`)

it.each(blocks)('$page has the $name that are served (npm run readme)', ({ page, name, rows }) => {
  const read = () => readFileSync(page, 'utf8')
  const text = `${rows.join('\n')}\n`
  if (process.env.UPDATE_README) {
    writeFileSync(
      page,
      read().replace(blockOf(name), (_, start, __, end) => `${start}${text}${end}`),
    )
  }
  expect(blockOf(name).exec(read())?.[2]).toBe(text)
  expect(read().split(rows[0] as string)).toHaveLength(2)
})
