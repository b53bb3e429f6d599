import type { Media } from '../schemas/media'
import * as limits from './limits'
import * as names from './names'
import * as pictures from './pictures'
import { sniff } from './sniffing'

/** What someone says of the bytes they send. */
export interface Declared {
  type: string
  size: number
  name: string | undefined
  thumbHash: string | undefined
}

/** What is known of media before a room takes it. */
export type Draft = Omit<Media, 'id' | 'url' | 'createdAt'>

/** Looks at the first bytes. Throws `unsupported_type`, `too_large`, `invalid`. */
export async function inspect(
  head: Uint8Array,
  declared: Declared,
  env: Parameters<typeof limits.check>[0],
): Promise<Draft> {
  const { kind, type, format } = await sniff(head, declared.type)
  limits.check(env, kind, declared.size)
  const picture = kind === 'image' ? pictures.measure(head) : pictures.UNKNOWN
  return {
    kind,
    type,
    name: names.clean(declared.name, format),
    size: declared.size,
    ...picture,
    duration: null,
    thumbHash: declared.thumbHash ?? null,
  }
}
