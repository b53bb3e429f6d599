import { useState } from 'preact/hooks'

interface AvatarProps {
  /** Decides the colour. */
  id: string
  name: string
  url: string | null
  size?: 'small' | 'medium' | 'large' | 'huge'
  shape?: 'round' | 'square'
  presence?: 'online' | 'away' | 'offline'
}

const HUES = 12

/** A picture, or the initials on a colour that stays. The name stands beside it, so nobody hears it twice. */
export function Avatar({ id, name, url, size = 'medium', shape = 'round', presence }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null)
  const hasPicture = url !== null && url !== broken
  return (
    <span class={`avatar avatar-${size} avatar-${shape} hue-${hueOf(id)}`} aria-hidden="true">
      {hasPicture ? (
        <img
          src={`${url}?width=${size === 'huge' ? 320 : 96}`}
          alt=""
          loading="lazy"
          onError={() => setBroken(url)}
        />
      ) : (
        <span class="avatar-initials">{initialsOf(name)}</span>
      )}
      {presence && presence !== 'offline' && <span class={`presence presence-${presence}`} />}
    </span>
  )
}

function hueOf(id: string): number {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973
  return sum % HUES
}

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}\p{Emoji}]/u.test(word))
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1)
  return (
    ends
      .map((word = '') => firstOf(word))
      .join('')
      .toLocaleUpperCase() || '?'
  )
}

const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : undefined

/** A letter with its marks, or a whole emoji. */
function firstOf(word: string): string {
  const bare = word.replace(/^[^\p{L}\p{N}\p{Emoji}]+/u, '')
  if (!segmenter) return [...bare][0] ?? ''
  return segmenter.segment(bare)[Symbol.iterator]().next().value?.segment ?? ''
}
