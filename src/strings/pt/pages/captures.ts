/** Palavras das capturas nos cabos de um laboratório. */
export const captures = {
  captures: {
    heading: 'Cabos e capturas',
    caption: 'Os cabos do laboratório',
    text: 'O que passa num cabo, como ficheiro para o Wireshark: no máximo dez minutos ou 16 MB cada, três por laboratório, guardadas uma hora.',
    cable: 'Cabo',
    capture: 'Captura',
    of: 'Captura no cabo de {a} {aPort} para {b} {bPort}',
    start: 'Iniciar',
    stop: 'Parar',
    download: 'Descarregar',
    running: 'a decorrer desde',
    none: 'nenhuma',
    ended: {
      stopped: 'parada',
      size: 'terminou aos 16 MB',
      time: 'terminou ao fim de dez minutos',
      checked: 'terminou porque o laboratório foi verificado',
      lab: 'terminou com o laboratório',
      lost: 'perdeu-se a ligação ao GNS3',
    },
  },
}
