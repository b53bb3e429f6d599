import { z } from 'zod'

/**
 * Writes an emoji the way Unicode recommends. Keyboards differ in the variation selectors they add, and
 * equal emoji must be equal strings. Other text comes back in some form that the check then refuses.
 */
export function normalise(text: string): string {
  const bare = text.replaceAll('\u{FE0F}', '')
  return bare.replace(/\p{Emoji}(?!\p{Emoji_Modifier})/gu, (character) =>
    /\p{Emoji_Presentation}/u.test(character) ? character : `${character}\u{FE0F}`,
  )
}

// Unicode's list of emoji for interchange, with skin tones, flags, keycaps and families.
const emoji = /^\p{RGI_Emoji}$/v

export const Emoji = z
  .string()
  .max(64)
  .overwrite(normalise)
  .refine((text) => emoji.test(text), 'must be one emoji')
  .meta({
    id: 'Emoji',
    description: 'One Unicode emoji, not a short name such as `:thumbsup:`.',
    example: '👍',
  })
