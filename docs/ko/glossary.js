// The live figures of glossary.md: each <div class="live" data-figure="NAME"> gets its sliders, a drawing and a sentence.
// No library, no network; without a script the text of the page stands alone.
(() => {
  "use strict";

  const WIDTH = 360, HEIGHT = 190, EDGE = 24;
  const LIGHT = { ink: "#1b1c1f", quiet: "#5f6267", rule: "#dcdad5", erm: "#3f4145", mixup: "#ae188c", other: "#0177bc" };
  const DARK = { ink: "#ecebe8", quiet: "#a3a5a8", rule: "#36383b", erm: "#c6c7c9", mixup: "#f875d2", other: "#5eaceb" };
  const SITE = { mixup: "mixup-4", other: "real" }; // what the site's own stylesheet calls a colour, where it differs
  const colours = (set) => Object.entries(set).map(([name, value]) =>
    `--live-${name}: var(--${SITE[name] ?? name}, ${value});`).join(" ");
  const STYLE = `
    .live { ${colours(LIGHT)} margin: 1em 0; max-width: 30rem; }
    @media (prefers-color-scheme: dark) { .live { ${colours(DARK)} } }
    .live svg { display: block; width: 100%; height: auto; }
    .live text { fill: var(--live-ink); font-size: 12px; }
    .live .quiet { fill: var(--live-quiet); }
    .live path, .live line { fill: none; stroke-width: 2; stroke: var(--live-erm); stroke-linecap: round; }
    .live .rule { stroke: var(--live-rule); stroke-width: 1; }
    .live .mixup { stroke: var(--live-mixup); }
    .live .other { stroke: var(--live-other); }
    .live .dash { stroke-dasharray: 1 5; }
    .live circle, .live rect { fill: var(--live-erm); stroke: none; }
    .live circle.mixup, .live rect.mixup { fill: var(--live-mixup); }
    .live circle.other { fill: var(--live-other); }
    .live circle.wrong { fill: none; stroke: var(--live-mixup); stroke-width: 2; }
    .live .faint { opacity: 0.35; }
    .live label { display: flex; align-items: center; gap: 0.6em; color: var(--live-ink); }
    .live label span { flex: 0 0 8.5em; font-variant-numeric: tabular-nums; }
    .live input { flex: 1; min-width: 0; height: 1.75em; accent-color: var(--live-mixup); }
    .live output { display: block; color: var(--live-ink); font-variant-numeric: tabular-nums; }`;

  // Numbers.

  /** Return a source of uniform numbers in (0, 1) that gives the same ones for the same seed (mulberry32). */
  const uniform = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  const normal = (next) => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  /** Draw λ from Beta(α, α) as the package does: by the symmetric polar method, without rejection. */
  const beta = (alpha, next) => {
    const l = Math.log1p(-next()) / alpha, c = Math.cos(2 * Math.PI * next());
    const q = Math.exp(l), r = -c * c * Math.expm1(l), t = q + r;
    const minor = q / t / (2 * (1 + Math.sqrt(r / t)));
    return c > 0 ? minor : 1 - minor;
  };
  const range = (count) => Array.from({ length: count }, (_, place) => place);
  const grid = (low, high, count = 121) => range(count).map((place) => low + (high - low) * place / (count - 1));
  const sum = (values) => values.reduce((all, value) => all + value, 0);
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const bell = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  const below = (z) => sigmoid(1.5976 * z + 0.07056 * z ** 3); // of the normal law, to 0.0002

  const logGamma = (z, shift = 0) => z < 8 ? logGamma(z + 1, shift + Math.log(z)) : // Stirling's series from 8 on
    (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + 1 / (12 * z) - 1 / (360 * z ** 3) - shift;

  /** Solve A w = b by elimination with pivots. */
  const solve = (a, b) => {
    const rows = a.map((row, at) => [...row, b[at]]), n = b.length;
    for (let at = 0; at < n; at++) {
      const best = range(n).slice(at).reduce((one, two) => Math.abs(rows[two][at]) > Math.abs(rows[one][at]) ? two : one);
      [rows[at], rows[best]] = [rows[best], rows[at]];
      for (let to = 0; to < n; to++) {
        if (to === at) continue;
        const times = rows[to][at] / rows[at][at];
        for (let column = at; column <= n; column++) rows[to][column] -= times * rows[at][column];
      }
    }
    return rows.map((row, at) => row[n] / row[at]);
  };
  /** Fit a polynomial in Chebyshev's basis on [−1, 1] with a ridge; return it as a function. */
  const fitted = (points, degree, ridge) => {
    const basis = (x) => range(degree + 1).map((k) => Math.cos(k * Math.acos(Math.max(-1, Math.min(1, x)))));
    const rows = points.map(([x]) => basis(x));
    const gram = range(degree + 1).map((i) => range(degree + 1).map((j) =>
      sum(rows.map((row) => row[i] * row[j])) + (i === j ? ridge + 1e-9 : 0)));
    const weights = solve(gram, range(degree + 1).map((i) => sum(rows.map((row, at) => row[i] * points[at][1]))));
    const fit = (x) => sum(basis(x).map((value, k) => value * weights[k]));
    fit.size = Math.sqrt(sum(weights.map((weight) => weight * weight)));
    return fit;
  };
  const rms = (fit, points) => Math.sqrt(sum(points.map(([x, y]) => (fit(x) - y) ** 2)) / points.length);

  // Drawing: axes from data to the drawing, lines, dots, words.

  const axes = ([left, right], [bottom, top], box = [EDGE, WIDTH - EDGE, HEIGHT - EDGE, 12]) => ({
    x: (value) => box[0] + (box[1] - box[0]) * (value - left) / (right - left),
    y: (value) => box[2] - (box[2] - box[3]) * (Math.max(bottom, Math.min(top, value)) - bottom) / (top - bottom),
  });
  const at = (value) => value.toFixed(1);
  const path = (to, points, look = "") =>
    `<path class="${look}" d="M${points.map(([x, y]) => `${at(to.x(x))} ${at(to.y(y))}`).join("L")}"/>`;
  const curve = (to, low, high, f, look) => path(to, grid(low, high).map((x) => [x, f(x)]), look);
  const dot = (to, [x, y], look = "", r = 4) => `<circle class="${look}" cx="${at(to.x(x))}" cy="${at(to.y(y))}" r="${r}"/>`;
  const word = (x, y, text, look = "", anchor = "middle") =>
    `<text class="${look}" x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${text}</text>`;
  const floor = (to, [left, right], ticks, y = 0) => path(to, [[left, y], [right, y]], "rule") +
    ticks.map((tick) => word(to.x(tick), HEIGHT - 6, String(tick).replace("-", "−"), "quiet")).join("");

  const CLOUD = [[-0.8, 0.5], [-0.5, -0.4], [-0.2, 0.75], [0.3, -0.7], [0.55, 0.45], [0.85, -0.2]];
  const noisy = (seed, count, f, spread) => {
    const next = uniform(seed);
    return grid(-0.95, 0.95, count).map((x) => [x, f(x) + spread * normal(next)]);
  };
  const WAVE = (x) => Math.sin(3 * x);
  const TRAINED = noisy(4, 12, WAVE, 0.3), TESTED = noisy(9, 200, WAVE, 0.3);
  const fits = (fit) => {
    const to = axes([-1, 1], [-2, 2]);
    return curve(to, -1, 1, WAVE, "dash") + curve(to, -1, 1, fit, "mixup") + TRAINED.map((point) => dot(to, point)).join("");
  };
  const STUDENT = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
    2.131, 2.12, 2.11, 2.101, 2.093]; // half widths of 95 % intervals in standard errors, by degrees of freedom

  const log = (value, digits = 3) => Number((10 ** value).toPrecision(digits));
  const ALPHA = { name: "α", min: -1, max: 1.5, step: 0.05, value: -0.7, show: (value) => log(value, 2) };

  // The figures: sliders, what is seen for those who do not see it, and what the sliders' values come to.

  const FIGURES = {
    "convex": {
      seen: "두 점을 잇는 선분 위에서 λ에 따라 움직이는 점, 아래에는 두 레이블의 몫",
      sliders: [{ name: "λ", min: 0, max: 1, step: 0.01, value: 0.3 }],
      draw: ([lam]) => {
        const to = axes([0, 1], [0, 1]), one = [0.12, 0.45], two = [0.88, 0.85];
        const mixed = one.map((value, k) => lam * value + (1 - lam) * two[k]), full = WIDTH - 2 * EDGE;
        return [
          path(to, [one, two], "rule") + dot(to, one, "", 6) + dot(to, two, "other", 6) + dot(to, mixed, "mixup", 7) +
          word(to.x(one[0]), to.y(one[1]) + 22, "x₁, 고양이") + word(to.x(two[0]), to.y(two[1]) + 22, "x₂, 개") +
          `<rect x="${EDGE}" y="150" width="${at(full * lam)}" height="14"/>` +
          `<rect x="${at(EDGE + full * lam)}" y="150" width="${at(full * (1 - lam))}" height="14" style="fill: var(--live-other)"/>` +
          word(EDGE, 182, "고양이", "quiet", "start") + word(WIDTH - EDGE, 182, "개", "quiet", "end"),
          `섞은 입력은 ${lam.toFixed(2)}·x₁ + ${(1 - lam).toFixed(2)}·x₂, 섞은 레이블은 고양이 ${lam.toFixed(2)}, 개 ${(1 - lam).toFixed(2)}입니다.`,
        ];
      },
    },
    "empirical": {
      seen: "표본 n개의 경험 분포 함수를 나타내는 계단과 참 분포 함수의 점선",
      sliders: [{ name: "표본 수 n", min: 1, max: 200, step: 1, value: 8 }],
      draw: ([n]) => {
        const to = axes([-3, 3], [0, 1]), next = uniform(12);
        const drawn = range(n).map(() => normal(next)).sort((one, two) => one - two);
        const steps = [[-3, 0], ...drawn.flatMap((x, k) => [[x, k / n], [x, (k + 1) / n]]), [3, 1]];
        const gap = Math.max(...drawn.map((x, k) => Math.max(Math.abs(below(x) - k / n), Math.abs(below(x) - (k + 1) / n))));
        return [
          floor(to, [-3, 3], [-2, 0, 2]) + curve(to, -3, 3, below, "dash") + path(to, steps, "mixup") +
          drawn.map((x) => `<line x1="${at(to.x(x))}" x2="${at(to.x(x))}" y1="${HEIGHT - EDGE}" y2="${HEIGHT - EDGE - 6}"/>`).join(""),
          `점마다 질량 1/${n}. 계단(경험 분포)과 점선(참 분포)은 가장 멀리 ${gap.toFixed(2)}만큼 떨어져 있습니다.`,
        ];
      },
    },
    "dirac": {
      seen: "σ가 작아질수록 좁고 높아지는 종 모양의 밀도",
      sliders: [{ name: "σ", min: -2, max: 0, step: 0.02, value: -0.5, show: (value) => log(value, 2) }],
      draw: ([power]) => {
        const sigma = 10 ** power, to = axes([-2, 2], [0, 5]);
        const points = grid(-2, 2, 2001).map((x) => [x, bell(x / sigma) / sigma]);
        return [
          floor(to, [-2, 2], [-2, 0, 2]) + path(to, points, "mixup"),
          `높이 ${(bell(0) / sigma).toFixed(1)}, 넓이는 언제나 1입니다. σ → 0이면 한 점에 모든 질량이 모입니다(그림은 높이 5에서 잘립니다).`,
        ];
      },
    },
    "vicinity": {
      seen: "훈련 점 여섯 개를 세 가지 근방에서 뽑은 점: 디랙은 점 자신, 가우스는 점 둘레, mixup은 두 점 사이",
      sliders: [
        { name: "가우스 σ", min: 0, max: 0.4, step: 0.01, value: 0.12 },
        { ...ALPHA, name: "mixup α", value: 0 },
      ],
      draw: ([sigma, power]) => {
        const next = uniform(5), alpha = 10 ** power, breadth = WIDTH / 3, pick = () => CLOUD[Math.floor(CLOUD.length * next())];
        const makers = [
          ["Dirac", "", () => pick()],
          ["Gaussian", "other", () => pick().map((value) => value + sigma * normal(next))],
          ["mixup", "mixup", () => {
            const [one, two, lam] = [pick(), pick(), beta(alpha, next)];
            return one.map((value, k) => lam * value + (1 - lam) * two[k]);
          }],
        ];
        return [
          makers.map(([name, look, make], k) => {
            const to = axes([-1.3, 1.3], [-1.2, 1.2], [k * breadth + 4, (k + 1) * breadth - 4, HEIGHT - EDGE, 8]);
            return range(150).map(() => dot(to, make(), `${look} faint`, 2)).join("") +
              CLOUD.map((point) => dot(to, point, "", 4)).join("") + word((k + 0.5) * breadth, HEIGHT - 6, name);
          }).join(""),
          `σ = ${sigma.toFixed(2)}이면 점 둘레로 퍼지고, α = ${log(power, 2)}이면 두 점 사이로 퍼집니다. 둘 다 0으로 가면 Dirac, 곧 ERM입니다.`,
        ];
      },
    },
    "beta": {
      seen: "Beta(α, α)의 밀도: α가 1보다 작으면 양 끝에, 크면 가운데에 몰린다",
      sliders: [ALPHA],
      draw: ([power]) => {
        const alpha = 10 ** power, next = uniform(3), to = axes([0, 1], [0, 4]);
        const shape = (x) => (x * (1 - x)) ** (alpha - 1), mass = Math.exp(2 * logGamma(alpha) - logGamma(2 * alpha));
        const ends = range(4000).map(() => beta(alpha, next)).filter((lam) => Math.min(lam, 1 - lam) < 0.05).length / 40;
        return [
          floor(to, [0, 1], [0, 0.5, 1]) + curve(to, 0.001, 0.999, (x) => shape(x) / mass, "mixup"),
          `α = ${log(power, 2)}: λ 가운데 약 ${ends.toFixed(0)} %가 0 또는 1에서 0.05 이내에 있습니다(4,000번 뽑아 셈).`,
        ];
      },
    },
    "draw": {
      seen: "왼쪽의 예제 여섯 개에서 오른쪽의 짝 여섯 개로 이어지는 선과 하나의 λ",
      sliders: [{ name: "뽑기", min: 1, max: 30, step: 1, value: 1 }, ALPHA],
      draw: ([turn, power]) => {
        const next = uniform(100 + turn), lam = beta(10 ** power, next);
        const order = range(6).map((k) => [next(), k]).sort((one, two) => one[0] - two[0]).map(([, k]) => k);
        const height = (k) => 20 + 30 * k, lines = order.map((partner, k) =>
          `<line class="mixup" style="opacity: ${(0.15 + 0.85 * (1 - lam)).toFixed(2)}" x1="70" y1="${height(k)}" x2="290" y2="${height(partner)}"/>`);
        const names = range(6).map((k) => word(52, height(k) + 4, `x${"₁₂₃₄₅₆"[k]}`) + word(308, height(k) + 4, `x${"₁₂₃₄₅₆"[k]}`));
        return [lines.join("") + names.join(""),
          `${turn}번째 뽑기: λ = ${lam.toFixed(2)}, x₁의 짝은 x${"₁₂₃₄₅₆"[order[0]]}. 섞은 첫 예제는 ${lam.toFixed(2)}·x₁ + ${(1 - lam).toFixed(2)}·x${"₁₂₃₄₅₆"[order[0]]}입니다.`];
      },
    },
    "memorisation": {
      seen: "레이블이 0 또는 1인 점 40개와 그것에 맞춘 곡선: 자유로울수록 틀린 레이블까지 지난다",
      sliders: [{ name: "자유로움", min: 0, max: 1, step: 0.01, value: 0.35 }],
      draw: ([freedom]) => {
        const next = uniform(21), width = 0.4 * 0.02 ** freedom, to = axes([-1, 1], [-0.2, 1.2]);
        const points = grid(-0.97, 0.97, 40).map((x) => {
          const real = x > 0 ? 1 : 0;
          return { x, real, given: next() < 0.2 ? 1 - real : real };
        });
        const fit = (x) => {
          const shares = points.map((point) => Math.exp(-(((x - point.x) / width) ** 2) / 2) + 1e-300);
          return sum(shares.map((share, k) => share * points[k].given)) / sum(shares);
        };
        const errors = (of) => 100 * points.filter((point) => (fit(point.x) > 0.5 ? 1 : 0) !== point[of]).length / points.length;
        return [
          path(to, [[-1, 0.5], [1, 0.5]], "rule") + curve(to, -1, 1, fit, "mixup") +
          points.map((point) => dot(to, [point.x, point.given], point.given === point.real ? "" : "wrong")).join(""),
          `주어진 레이블에 대한 훈련 오류율 ${errors("given").toFixed(0)} %, 진짜 레이블에 대한 오류율 ${errors("real").toFixed(0)} %. 빈 동그라미가 손상된 레이블입니다.`,
        ];
      },
    },
    "gradient": {
      seen: "곡선 위의 점과 그 점에서의 접선",
      sliders: [{ name: "x", min: -2.5, max: 2.5, step: 0.05, value: 0.4 }],
      draw: ([x]) => {
        const to = axes([-3, 3], [-0.1, 1.1]), f = (z) => sigmoid(4 * z), slope = 4 * f(x) * (1 - f(x));
        const reach = 0.8 / Math.hypot(1, slope);
        return [
          floor(to, [-3, 3], [-2, 0, 2]) + curve(to, -3, 3, f) +
          path(to, [[x - reach, f(x) - slope * reach], [x + reach, f(x) + slope * reach]], "mixup") + dot(to, [x, f(x)], "mixup", 5),
          `x = ${x.toFixed(2)}에서 f = ${f(x).toFixed(2)}, 기울기 노름 |f′(x)| = ${slope.toFixed(2)}: x를 조금 바꾸면 f는 그 ${slope.toFixed(2)}배만큼 바뀝니다.`,
        ];
      },
    },
    "vanishing": {
      seen: "판별자의 로짓에 대한 두 생성자 손실: log(1−D)는 왼쪽에서 평평해지고 −log D는 그렇지 않다",
      sliders: [{ name: "로짓 a", min: -8, max: 4, step: 0.1, value: -4 }],
      draw: ([a]) => {
        const to = axes([-8, 4], [-4.2, 8.2]), d = sigmoid(a);
        const flat = (z) => -Math.log1p(Math.exp(z)), steep = (z) => Math.log1p(Math.exp(-z));
        return [
          path(to, [[-8, 0], [4, 0]], "rule") + curve(to, -8, 4, flat) + curve(to, -8, 4, steep, "mixup") +
          dot(to, [a, flat(a)], "", 5) + dot(to, [a, steep(a)], "mixup", 5) +
          word(to.x(2.2), to.y(-3.6), "log(1−D)", "", "end") + word(to.x(-4.6), to.y(6.6), "−log D", "", "start") +
          [-8, -4, 0, 4].map((tick) => word(to.x(tick), HEIGHT - 6, String(tick).replace("-", "−"), "quiet")).join(""),
          `D = σ(a) = ${d.toPrecision(2)}. 기울기의 크기: log(1−D)는 D = ${d.toPrecision(2)}, −log D는 1−D = ${(1 - d).toPrecision(2)}입니다.`,
        ];
      },
    },
    "capacity": {
      seen: "점 열두 개에 맞춘 다항식: 차수가 낮으면 놓치고 높으면 점마다 지난다",
      sliders: [{ name: "차수", min: 0, max: 11, step: 1, value: 3 }],
      draw: ([degree]) => {
        const fit = fitted(TRAINED, degree, 0);
        return [fits(fit), `${degree}차 다항식: 훈련 점의 오차 ${rms(fit, TRAINED).toFixed(2)}, 새 점 200개의 오차 ${rms(fit, TESTED).toFixed(2)}(제곱 평균 제곱근).`];
      },
    },
    "regularisation": {
      seen: "같은 점 열두 개에 맞춘 11차 다항식: 벌점이 클수록 잔잔하다",
      sliders: [{ name: "벌점", min: -6, max: 1.5, step: 0.1, value: -1, show: (value) => log(value, 1) }],
      draw: ([power]) => {
        const fit = fitted(TRAINED, 11, 10 ** power);
        return [fits(fit), `계수의 크기 ${fit.size.toFixed(1)}, 훈련 점의 오차 ${rms(fit, TRAINED).toFixed(2)}, 새 점의 오차 ${rms(fit, TESTED).toFixed(2)}.`];
      },
    },
    "claim": {
      seen: "효과를 나타내는 점과 그 95 % 구간, 가운데에 0",
      sliders: [
        { name: "효과", min: -2, max: 2, step: 0.05, value: 0.6 },
        { name: "시드 수", min: 2, max: 20, step: 1, value: 5 },
      ],
      draw: ([effect, seeds]) => {
        const half = STUDENT[seeds - 2] / Math.sqrt(seeds), to = axes([-4, 4], [0, 1]), y = 0.55;
        const open = seeds < 3 || Math.abs(effect) <= half;
        const [mark, told] = open ? ["○", "미결정(undecided)"] : effect > 0 ? ["●", "지지됨(supported)"] : ["◆", "반박됨(contradicted)"];
        return [
          floor(to, [-4, 4], [-4, -2, 0, 2, 4]) + path(to, [[0, 0], [0, 1]], "rule") +
          path(to, [[Math.max(-4, effect - half), y], [Math.min(4, effect + half), y]], "mixup") + dot(to, [effect, y], "mixup", 6) +
          word(to.x(-2), 20, "주장과 반대", "quiet") + word(to.x(2), 20, "주장대로", "quiet"),
          `${mark} ${told}: 효과 ${effect.toFixed(2)}, 95 % 구간 [${(effect - half).toFixed(2)}, ${(effect + half).toFixed(2)}]` +
          `${seeds < 3 ? ". 시드 3개 미만으로는 판정하지 않습니다" : ""}. 시드 사이의 표준편차는 1로 두었습니다.`,
        ];
      },
    },
    "trial": {
      seen: "가로로 시드, 세로로 근방을 놓은 시행의 격자",
      sliders: [
        { name: "근방 수", min: 1, max: 5, step: 1, value: 3 },
        { name: "시드 수", min: 1, max: 10, step: 1, value: 5 },
      ],
      draw: ([vicinities, seeds]) => {
        const names = ["ERM", "mixup 0.2", "mixup 1", "Gaussian", "CutMix"].slice(0, vicinities);
        return [
          names.map((name, row) => word(EDGE, 34 + 30 * row, name, "", "start") + range(seeds).map((seed) =>
            `<circle class="${["", "mixup", "mixup", "other", "other"][row]}" cx="${120 + 22 * seed}" cy="${30 + 30 * row}" r="7"/>`).join("")).join("") +
          range(seeds).map((seed) => word(120 + 22 * seed, 44 + 30 * vicinities, seed, "quiet")).join(""),
          `과제 1 × 근방 ${vicinities} × 시드 ${seeds} = 시행 ${vicinities * seeds}개. 같은 세로줄은 같은 초기 가중치와 순서에서 출발해 짝을 이룹니다.`,
        ];
      },
    },
  };

  const show = (place, name) => {
    const { seen, sliders, draw } = FIGURES[name];
    const ids = sliders.map((_, k) => `live-${name}-${k}`);
    place.innerHTML = sliders.map((slider, k) =>
      `<label for="${ids[k]}"><span></span><input type="range" id="${ids[k]}" min="${slider.min}" max="${slider.max}" ` +
      `step="${slider.step}" value="${slider.value}"></label>`).join("") +
      `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${seen}"></svg><output for="${ids.join(" ")}"></output>`;
    const inputs = [...place.querySelectorAll("input")], names = [...place.querySelectorAll("label span")];
    const update = () => {
      const values = inputs.map((input) => Number(input.value));
      values.forEach((value, k) => {
        const shown = String((sliders[k].show ?? ((plain) => plain))(value)).replace("-", "−");
        names[k].textContent = `${sliders[k].name} = ${shown}`;
        inputs[k].setAttribute("aria-valuetext", shown);
      });
      const [drawing, said] = draw(values);
      place.querySelector("svg").innerHTML = drawing;
      place.querySelector("output").textContent = said;
    };
    inputs.forEach((input) => input.addEventListener("input", update));
    update();
  };

  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
  document.querySelectorAll(".live[data-figure]").forEach((place) => show(place, place.dataset.figure));
})();
