import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { run } from './tools.ts'

const OUT = 'dist/contract'
const OPENAPI = `${OUT}/openapi.json`
const ASYNCAPI = `${OUT}/asyncapi.json`

let service: Service
before(async () => {
  service = await start()
  mkdirSync(OUT, { recursive: true })
  for (const file of [OPENAPI, ASYNCAPI]) {
    const document = await fetch(`${service.url}/${file.split('/').at(-1)}`)
    writeFileSync(file, JSON.stringify(await document.json(), null, 2))
  }
})
after(() => service.stop())

/** Fails on warnings and hints too. */
const spectral = (rules: string, file: string) =>
  run('spectral', 'lint', '--fail-severity=hint', '-r', `test/contract/${rules}`, file)

it('Redocly finds no flaw in the documents', async () => {
  await run('redocly', 'lint', OPENAPI, ASYNCAPI)
})

it('Spectral finds no flaw in the documents', async () => {
  await spectral('spectral-openapi.yaml', OPENAPI)
  await spectral('spectral-asyncapi.yaml', ASYNCAPI)
})

it('a program of each generated client compiles: it posts, lists, uploads and tells events apart', async () => {
  await run('openapi-typescript', OPENAPI, '-o', `${OUT}/openapi-typescript.ts`)
  await run(
    'openapi-ts',
    '--input',
    OPENAPI,
    '--output',
    `${OUT}/hey-api`,
    '--client',
    '@hey-api/client-fetch',
  )
  await run('orval', '--input', OPENAPI, '--output', `${OUT}/orval.ts`, '--client', 'fetch')
  await run('tsc', '-p', 'test/contract/programs')
})

it('modelina finds a name for every frame, command and event', async () => {
  const models = await run('node', 'test/contract/models.ts', ASYNCAPI)
  assert.match(models, /^MessagePostedEvent$/m)
  assert.doesNotMatch(models, /Anonymous/)
})
