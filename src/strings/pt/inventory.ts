import type { inventory as original } from '../en/inventory.ts'
import type { Translated } from '../translated.ts'

export const inventory: Translated<typeof original> = {
  atLine: 'linha {line}: {field} {problem}',
  ofHost: '{host}: {problem}',
  unreadable: 'não é possível lê-lo',
  noPlatform: 'nenhuma plataforma se chama {name}',
  noGroup: 'nenhum grupo se chama {name}',
  wrongFile: 'a plataforma {platform} tem de estar em {file}',
  noMode: 'não há nenhum modo {name}',
  regex: 'não é uma expressão regular ({problem})',
}
