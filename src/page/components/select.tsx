import { useId } from 'preact/hooks'

interface SelectProps<T extends string> {
  label: string
  value: T
  options: Readonly<Record<T, string>>
  onChoose: (value: T) => void
}

/** One of a list, taken as soon as it is chosen. */
export function Select<T extends string>({ label, value, options, onChoose }: SelectProps<T>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value as T)}>
        {(Object.entries(options) as [T, string][]).map(([key, text]) => (
          <option key={key} value={key} selected={key === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
