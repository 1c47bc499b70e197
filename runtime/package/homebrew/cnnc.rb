# Homebrew's formula: `brew install --HEAD ./cnnc.rb` from a checkout's runtime/package/homebrew.
class Cnnc < Formula
  desc "Compiler for convolutional networks: to C, and nothing else at run time"
  homepage "https://github.com/cnnc/cnnc"
  license "MIT"
  head "file://#{File.expand_path("../../..", __dir__)}", using: :git, branch: "main"

  depends_on "bison" => :build
  depends_on "flex" => :build
  depends_on "pkg-config" => :build
  depends_on "jansson"
  depends_on "libzip"
  depends_on "m4"

  def install
    ENV.prepend_path "PATH", Formula["bison"].opt_bin
    system "make", "M4=#{Formula["m4"].opt_bin}/m4", "PREFIX=#{prefix}", "install"
  end

  test do
    (testpath/"net.cnn").write("INPUT(8x8x3) -> CONV(4) -> RELU -> FC(2)\n")
    system bin/"cnnc", "--init=he:1", "net.cnn"
    system ENV.cc, "-O2", "-c", "net.c"
    assert_path_exists testpath/"net.o"
  end
end
