// Tabs as WAI-ARIA describes them: arrows move, one panel is shown.
export class Tabs {
  constructor(list, changed) {
    this.tabs = [...list.querySelectorAll('[role=tab]')];
    this.changed = changed;
    this.shown = this.tabs[0].id.slice('tab-'.length);
    this.tabs.forEach((tab, i) => {
      tab.onclick = () => this.choose(tab.id.slice('tab-'.length));
      tab.onkeydown = event => {
        const count = this.tabs.length;
        const to = { ArrowRight: i + 1, ArrowLeft: i + count - 1, Home: 0, End: count - 1 }[event.key];
        if (to === undefined)
          return;
        event.preventDefault();
        this.tabs[to % count].focus();
        this.tabs[to % count].click();
      };
    });
  }

  choose(name) {
    this.shown = name;
    for (const tab of this.tabs) {
      const here = tab.id === `tab-${name}`;
      tab.setAttribute('aria-selected', here);
      tab.tabIndex = here ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !here;
    }
    this.changed();
  }
}
