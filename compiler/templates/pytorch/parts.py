# What modules written by cnnc --emit=pytorch may need, one part each: the lines behind a line of this kind.
# ---- dense
class Dense(nn.Linear):
    """Fully connected: flattens its input itself."""

    def forward(self, x):
        return super().forward(torch.flatten(x, 1))


# ---- padded
class PaddedConv2d(nn.Conv2d):
    """A convolution whose padding differs between its sides: left, right, top, bottom."""

    def __init__(self, *sizes, sides, **options):
        super().__init__(*sizes, **options)
        self.sides = sides

    def forward(self, x):
        return super().forward(F.pad(x, self.sides))


# ---- cut
class CutConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution that is cut, or goes on, by other amounts on each side: left, right, top, bottom."""

    def __init__(self, *sizes, sides, **options):
        super().__init__(*sizes, **options)
        self.sides = sides

    def forward(self, x):
        x = F.conv_transpose2d(x, self.weight, None, self.stride, 0, 0, self.groups, self.dilation)
        x = F.pad(x, self.sides)
        return x if self.bias is None else x + self.bias.reshape(-1, 1, 1)


# ---- connected
class ConnectedConv2d(nn.Conv2d):
    """A convolution with a table of which input map (row) a filter (column) reads."""

    def __init__(self, *sizes, table, **options):
        super().__init__(*sizes, **options)
        self.register_buffer("table", torch.tensor(table, dtype=torch.float32).t()[:, :, None, None], persistent=False)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.table, self.bias)


# ---- scale
class Scale(nn.Module):
    """A factor and an offset for each map, behind a module without parameters or alone."""

    def __init__(self, maps, weight=True, bias=True, before=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(maps)) if weight else None
        self.bias = nn.Parameter(torch.zeros(maps)) if bias else None
        self.before = before

    def forward(self, x):
        x = x if self.before is None else self.before(x)
        maps = (1, -1) + (1,) * (x.dim() - 2)
        x = x if self.weight is None else x * self.weight.reshape(maps)
        return x if self.bias is None else x + self.bias.reshape(maps)


# ---- distances
class Distances(nn.Module):
    """The squared distances to fixed prototypes."""

    def __init__(self, inputs, prototypes):
        super().__init__()
        self.register_buffer("weight", torch.zeros(prototypes, inputs))

    def forward(self, x):
        return (x[:, None] - self.weight).square().sum(2)


# ---- channel-norm
class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


# ---- apply
class Apply(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


# ---- fixed
def fixed(module, **numbers):
    """Gives a module numbers that are no parameters and are in no file: all of them, one kernel for all, or one."""
    for name, values in numbers.items():
        shape = getattr(module, name).shape
        values = torch.tensor(values, dtype=torch.float32).flatten()
        delattr(module, name)
        module.register_buffer(name, values.repeat(shape.numel() // values.numel()).reshape(shape), persistent=False)
    return module


# ---- gauss
def gauss_pool(x, window, stride, sides):
    """A mean weighted by a Gaussian whose standard deviation is half the window's size."""
    rows, columns = (torch.exp(-2 * ((torch.arange(n) - (n - 1) / 2) / n) ** 2) for n in window)
    kernel = torch.outer(rows, columns).to(x).expand(x.shape[1], 1, *window)
    weights = F.conv2d(F.pad(torch.ones_like(x[:1]), sides), kernel, stride=stride, groups=x.shape[1])
    return F.conv2d(F.pad(x, sides), kernel, stride=stride, groups=x.shape[1]) / weights


# ---- turn
def turn(x, angle, zoom):
    """Each picture turned and enlarged about its middle."""
    height, width = x.shape[2:]
    cosine, sine = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    rows = torch.stack((cosine, sine * height / width, 0 * sine), 1)
    columns = torch.stack((-sine * width / height, cosine, 0 * sine), 1)
    grid = F.affine_grid(torch.stack((rows, columns), 1), x.shape, align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


# ---- move
def move(x, most, mode):
    """Each picture moved by up to so many pixels each way."""
    wide = F.pad(x, (most,) * 4, mode=mode)
    height, width = x.shape[2:]
    places = torch.randint(0, 2 * most + 1, (x.shape[0], 2)).tolist()
    return torch.stack([one[:, y:y + height, x:x + width] for one, (y, x) in zip(wide, places)])


# ---- cut-out
def cut_out(x, size):
    """A square of zeros about a pixel of each picture."""
    height, width = x.shape[2:]
    top = torch.randint(0, height, (x.shape[0], 1, 1)) - size // 2
    left = torch.randint(0, width, (x.shape[0], 1, 1)) - size // 2
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None, :]
    inside = (rows >= top) & (rows < top + size) & (columns >= left) & (columns < left + size)
    return x.masked_fill(inside[:, None], 0)


# ---- uniform
def uniform(count, low, high):
    """Random numbers from low to high."""
    return low + (high - low) * torch.rand(count)


# ---- shrink
def shrink(x, limit, bias):
    """x moved towards zero by the bias where it is beyond the limit, else zero."""
    inside = torch.where(x > limit, x - bias, torch.zeros_like(x))
    return torch.where(x < -limit, x + bias, inside)


