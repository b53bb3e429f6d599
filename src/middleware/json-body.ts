import type { HonoRequest } from 'hono'
import { ApiError } from '../errors'

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Whether a request says that its body is JSON. */
export const isJson = (req: HonoRequest): boolean =>
  JSON_TYPE.test(req.header('Content-Type') ?? '')

/**
 * Reads a JSON body as text, once, where Hono's validator finds it. Throws `malformed` for bytes that are not UTF-8:
 * `Request.text()` would put U+FFFD in their place and the message would be stored so.
 */
export function readJsonText(req: HonoRequest): Promise<string> {
  if (!('text' in req.bodyCache)) {
    // Hono keeps promises here, whatever its types say.
    Object.assign(req.bodyCache, { text: req.raw.arrayBuffer().then(decode) })
  }
  return req.text()
}

function decode(bytes: ArrayBuffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new ApiError('malformed', 'Send JSON as UTF-8. This body has other bytes.')
  }
}
