import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { app } from '../../src/app'
import { call } from '../fixtures/api'

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** Asks with other variables than the service has. */
const ask = (path: string, variables: Partial<Env> = {}) =>
  app.request(`http://chat.test${path}`, { headers: BROWSER }, { ...env, ...variables })

it('shows people the page and programs the links', async () => {
  const page = await ask('/')
  expect(page.status).toBe(200)
  expect(page.headers.get('Vary')).toContain('Accept')
  const html = await page.text()
  expect(html).toContain('<div id="app">')
  expect((await call('GET', '/')).body).not.toContain('<div id="app">')
})

it('allows nothing but its own files', async () => {
  const policy = (await ask('/')).headers.get('Content-Security-Policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("style-src 'self';")
  expect(policy).not.toMatch(/unsafe|data:|https?:/)
})

it('has no script, style or other host within', async () => {
  const html = await (await ask('/')).text()
  expect(html).not.toMatch(/<style|style="|<script(?![^>]* src="\/page\/)|https?:\/\//)
})

it('serves its files under names that change with them, for ever', async () => {
  const html = await (await ask('/')).text()
  const files = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(files.map((path) => path.replace(/-[\w-]{8}\./, '.')).sort()).toEqual([
    '/page/index.css',
    '/page/index.js',
  ])
  for (const path of files) {
    const file = await ask(path)
    expect(file.status, path).toBe(200)
    expect(file.headers.get('Cache-Control')).toContain('immutable')
  }
  expect((await ask('/page/nothing-00000000.js')).status).toBe(404)
  expect((await ask('/page/index.html')).status).toBe(404)
})

it('is not there where it is switched off', async () => {
  const home = await ask('/', { PAGE: 'off' })
  expect(home.status).toBe(200)
  expect(await home.text()).toContain('back end of a chat')
  const html = await (await ask('/')).text()
  const script = /src="(\/page\/[^"]+)"/.exec(html)?.[1] ?? ''
  expect((await ask(script, { PAGE: 'off' })).status).toBe(404)
})
