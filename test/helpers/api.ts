import { exports } from 'cloudflare:workers'
import type { ZodType, z } from 'zod'
import { app } from '../../src/app'
import { Problem } from '../../src/schemas/problems'
import { tell } from './witness'

export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies that were parsed strictly before
  body: any
}

interface Options {
  token?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

/** Calls the service through its public seam and holds every reply against its published schema. */
export async function call(method: string, path: string, options: Options = {}): Promise<Reply> {
  const headers = new Headers(options.headers)
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`)
  const init: RequestInit = { method, headers }
  if (options.body !== undefined) {
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
    init.body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
  }
  const response = await exports.default.fetch(new Request(`https://chat.test${path}`, init))
  const text = await response.text()
  tell(`${method} ${path}`, text)
  const body = text && isJson(response) ? JSON.parse(text) : text || null
  const reply = { status: response.status, headers: response.headers, body }
  check(method, path.split('?')[0] as string, reply)
  return reply
}

/** The client of one signed-in person. */
export const as = (token: string | undefined) => ({
  get: (path: string, options?: Options) => call('GET', path, { ...options, token }),
  post: (path: string, body?: unknown) => call('POST', path, { body, token }),
  put: (path: string, body?: unknown) => call('PUT', path, { body, token }),
  patch: (path: string, body?: unknown) => call('PATCH', path, { body, token }),
  delete: (path: string) => call('DELETE', path, { token }),
})

export type Client = ReturnType<typeof as>

const isJson = (response: Response) => /json/.test(response.headers.get('Content-Type') ?? '')

function expectLimit(headers: Headers) {
  const said = ['Retry-After', 'RateLimit-Policy'].map((name) => headers.get(name) ?? '')
  if (!/^\d+ "\w+";q=\d+;w=\d+$/.test(said.join(' '))) throw new Error(`A 429 says ${said}.`)
}

/** Throws when a reply is not what the OpenAPI document says of its endpoint. */
export function check(method: string, path: string, { status, headers, body }: Reply) {
  if (status === 304) return
  if (headers.get('Content-Type') === 'application/problem+json') Problem.parse(body)
  if (status === 429) expectLimit(headers)
  const route = routeOf(method, path)
  if (!route) return
  const declared = route.responses[String(status)]
  if (!declared)
    throw new Error(`${method} ${path} answered an undeclared ${status}: ${JSON.stringify(body)}`)
  const schema = declared.content?.['application/json']?.schema as ZodType | undefined
  if (schema) schema.parse(body)
}

interface Declared {
  method: string
  path: string
  responses: Record<string, { content?: Record<string, { schema: z.ZodType }> } | undefined>
}

function routeOf(method: string, path: string): Declared | undefined {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [definition.route as unknown as Declared] : [],
  )
  const matching = routes.filter((route) => {
    const pattern = route.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')
    return route.method === method.toLowerCase() && new RegExp(`^${pattern}$`).test(path)
  })
  // The literal path (`/members/@me`) before the one with a parameter.
  return matching.sort((a, b) => params(a.path) - params(b.path))[0]
}

const params = (path: string) => path.split('{').length
