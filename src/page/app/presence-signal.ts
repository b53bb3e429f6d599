import { useEffect } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'

const AWAY_MS = 5 * 60_000
const SIGNS = ['pointerdown', 'keydown', 'visibilitychange'] as const

/** Tells the service that nobody is at this device after five minutes without a sign, and when somebody is back. */
export function usePresenceSignal(): void {
  const chat = useChat()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isAway = false
    const leave = () => {
      isAway = true
      chat.inbox.setPresence('away')
    }
    const stay = () => {
      clearTimeout(timer)
      timer = setTimeout(leave, AWAY_MS)
      if (!isAway || document.hidden) return
      isAway = false
      chat.inbox.setPresence('online')
    }
    stay()
    for (const sign of SIGNS) document.addEventListener(sign, stay)
    return () => {
      clearTimeout(timer)
      for (const sign of SIGNS) document.removeEventListener(sign, stay)
    }
  }, [chat])
}
