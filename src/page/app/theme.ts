import { useState } from 'preact/hooks'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'theme'

export function applyTheme(theme = chosenTheme()): void {
  document.documentElement.dataset.theme = theme
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(chosenTheme)
  const choose = (next: Theme) => {
    setTheme(next)
    applyTheme(next)
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // A browser that keeps nothing forgets this, too.
    }
  }
  return [theme, choose]
}

function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}
