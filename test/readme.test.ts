import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { app } from '../src/app'
import { documentOf } from '../src/docs/openapi'
import { statusOf, titleOf } from '../src/errors'
import { closeCodes } from '../src/schemas/socket'

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)

const paths = documentOf(app).paths as Record<
  string,
  Record<string, { summary: string; description: string }>
>

/** What stands between two marks of the README, each made of what it describes. */
const sections: Record<string, string[]> = {
  endpoints: table(
    ['endpoint', 'what it does', 'who may'],
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary, description }]) => [
        `\`${method.toUpperCase()} ${path}\``,
        summary,
        description.split('**Who:** ')[1] ?? '',
      ]),
    ),
  ),
  'close codes': table(
    ['code', 'why', 'what to do'],
    Object.entries(closeCodes).map(([code, { why, next }]) => [code, why, next]),
  ),
  problems: table(
    ['code', 'status', 'meaning'],
    Object.entries(statusOf).map(([code, status]) => [
      `\`${code}\``,
      String(status),
      titleOf[code as keyof typeof titleOf],
    ]),
  ),
}

const readme = () => readFileSync('README.md', 'utf8')

const sectionOf = (name: string) =>
  new RegExp(`(<!-- ${name}\\b[^>]*-->\n)([\\s\\S]*?)(<!-- /${name} -->)`)

it.each(Object.entries(sections))('tells of %s as they are (npm run readme)', (name, rows) => {
  const text = `${rows.join('\n')}\n`
  if (process.env.UPDATE_README) {
    writeFileSync(
      'README.md',
      readme().replace(sectionOf(name), (_, a, __, b) => `${a}${text}${b}`),
    )
  }
  expect(sectionOf(name).exec(readme())?.[2]).toBe(text)
})

/** The first column of the table under a heading. */
const names = (heading: string) => {
  const section = readme().split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) =>
      [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    )
}

it('gives a reason for every dependency and for no other', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(names('Dependencies').sort()).toEqual(Object.keys(dependencies).sort())
})

it('explains every variable', () => {
  const [, vars = ''] = readFileSync('wrangler.toml', 'utf8').split(/^\[vars\]$|^\[secrets\]$/m)
  const declared = [...vars.matchAll(/^([A-Z_]+) = /gm)].map(([, name]) => name)
  expect(names('Limits and settings').sort()).toEqual([...declared, 'TOKEN_SECRET'].sort())
})

it('names only commands that there are', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const named = [...readme().matchAll(/npm run (\w+)/g)].map(([, name]) => name as string)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})
