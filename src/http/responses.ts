import { type RouteConfig, z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'

/** A JSON body that must be there. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

/** The JSON body of a `PATCH`: of type `application/merge-patch+json`, its metadata is merged. */
export const patchBody = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema }, 'application/merge-patch+json': { schema } },
})

/** A body of bytes, which no schema looks into. */
export const bytesOf = (...types: string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: Bytes }]))

const Bytes = z.string().meta({ format: 'binary', example: '(bytes)' })

/** The responses of an endpoint that answers 200 with JSON. */
export const ok = <T extends z.ZodType>(schema: T, description: string) => ({
  200: json(schema, description),
})

/** A JSON response. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const created = <T extends z.ZodType>(schema: T, description: string) => ({
  ...json(schema, description),
  headers: { Location: { schema: { type: 'string' as const }, description: 'Where it is.' } },
})

const ETag = { schema: { type: 'string' as const }, description: 'Names this very content.' }

/** The responses of an endpoint that a client reads again only if something has changed. */
export const revalidated = (responses: RouteConfig['responses']): RouteConfig['responses'] => ({
  ...notModified,
  ...responses,
  200: { description: '', ...responses[200], headers: { ETag } },
})

/** The answer to a client that already has what it asks for. */
export const notModified = {
  304: {
    description:
      'Nothing has changed since the response with this `ETag`. A browser hides this and shows your code the response it has kept, as a 200.',
    headers: { ETag },
  },
}

const Location = { schema: { type: 'string' as const }, description: 'Where to.' }

/** The responses of an endpoint that leads a browser elsewhere. */
export const redirected = (description: string) => ({ 302: { description, headers: { Location } } })

/** The responses of an endpoint that answers nothing but that it is done. */
export const noContent = (description: string) => ({ 204: { description } })

/** Answers with the JSON that a room answered, unread; typed as `c.json` would be. */
export const passed = <T>(c: Pick<Context, 'body'>, { body }: Response) =>
  c.body(body as ReadableStream, 200, {
    'Content-Type': 'application/json',
  }) as unknown as TypedResponse<T, 200, 'json'>
