/** Light or dark: as the system says, until the reader chooses. */
export function followTheme(button, onChange) {
  const system = matchMedia('(prefers-color-scheme: light)');
  const show = () => {
    const chosen = localStorage.getItem('theme');
    document.documentElement.dataset.theme = chosen ?? (system.matches ? 'light' : 'dark');
    onChange();
  };
  system.addEventListener('change', show);
  button.addEventListener('click', () => {
    const { theme } = document.documentElement.dataset;
    localStorage.setItem('theme', theme === 'light' ? 'dark' : 'light');
    show();
  });
  show();
}
