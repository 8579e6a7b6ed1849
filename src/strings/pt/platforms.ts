import type { platforms as original } from '../en/platforms.ts'
import type { Translated } from '../translated.ts'

export const platforms: Translated<typeof original> = {
  names: { gns3_switch: 'Switch Ethernet do GNS3' },
  proofs: {
    device: 'lido num dispositivo desta plataforma em funcionamento',
    transcript: 'lido em saídas publicadas destes dispositivos, não num que corra aqui',
    documented: 'escrito a partir da documentação; uma saída que não seja totalmente reconhecida fica por decidir',
  },
  lacks: {
    'no-such-feature': 'o sistema não tem isso',
    'no-command': 'nenhum comando do sistema o mostra',
    elsewhere: 'outro dispositivo ou outra verificação do laboratório mostra-o melhor',
    'not-written': 'ainda não está escrito',
  },
}
