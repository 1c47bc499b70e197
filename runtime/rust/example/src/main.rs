//! Asks LeNet-5 which digit is drawn below.
cnnc::include_network!("lenet5");
#[cfg(test)]
cnnc::include_network!("packed");

const DRAWING: [&str; 16] = [
    "                ", "  ############  ", "  ############  ", "          ###   ", "          ###   ",
    "         ###    ", "         ###    ", "        ###     ", "        ###     ", "       ###      ",
    "       ###      ", "      ###       ", "      ###       ", "     ###        ", "     ###        ",
    "                ",
];

fn drawing() -> Vec<f32> {
    let mut image = vec![0.0; 32 * 32];
    for (y, line) in DRAWING.iter().enumerate() {
        for (x, letter) in line.bytes().enumerate() {
            image[(y + 8) * 32 + x + 8] = if letter == b'#' { 255.0 } else { 0.0 };
        }
    }
    image
}

fn best(scores: &[f32]) -> usize {
    (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap()
}

fn main() -> Result<(), cnnc::Error> {
    let mut net = cnnc::Net::open(lenet5::model(), lenet5::WEIGHTS, 1)?;
    let scores: Vec<f32> = net.run_one(&drawing())?;
    println!("this is a {}", best(&scores));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> cnnc::Net {
        cnnc::Net::open(lenet5::model(), lenet5::WEIGHTS, 2).unwrap()
    }

    #[test]
    fn says_what_it_is() {
        let (inputs, outputs) = (lenet5::model().inputs(), lenet5::model().outputs());
        assert_eq!(lenet5::model().name(), "lenet5");
        assert_eq!((inputs[0].height, inputs[0].width, inputs[0].channels), (32, 32, 1));
        assert_eq!((outputs[0].len(), outputs[0].kind), (10, cnnc::Type::F32));
        assert!(lenet5::WEIGHTS.is_none() && packed::WEIGHTS.is_some());
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let mut net = open();
        let short = net.run_one::<f32, f32>(&[0.0; 10]).unwrap_err();
        assert!(short.message.contains("10 numbers of type F32, but it has 1024 (32x32x1)"), "{short}");
        assert!(net.run_one::<u8, f32>(&[0; 1024]).is_err());
        assert!(net.run_one::<f32, i8>(&[0.0; 1024]).is_err());
        assert!(net.run(&[], &mut []).unwrap_err().message.contains("0 inputs and 0 outputs"));
        let none = cnnc::Net::open(lenet5::model(), Some("/no/such"), 1).err().unwrap();
        assert!(none.message.contains("No such file"), "{none}");
        assert!(cnnc::Net::open(lenet5::model(), None::<&str>, 1000).is_err());
        assert!(cnnc::Net::open(packed::model(), None::<&str>, 1).err().unwrap().message.contains("name its .cnnw"));
    }

    #[test]
    fn weights_can_change() {
        let bytes = std::fs::read(packed::WEIGHTS.unwrap()).unwrap();
        let mut file = cnnc::Net::open(packed::model(), packed::WEIGHTS, 1).unwrap();
        let mut memory = cnnc::Net::open_memory(packed::model(), bytes.clone(), 1).unwrap();
        let scores: Vec<f32> = file.run_one(&drawing()).unwrap();
        assert_eq!(scores, memory.run_one::<f32, f32>(&drawing()).unwrap());
        assert_eq!(file.weights_hash(), memory.weights_hash());
        let mut damaged = bytes.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(memory.reload_memory(damaged).unwrap_err().message.contains("damaged"));
        memory.reload_memory(bytes).unwrap();
        memory.reload(packed::WEIGHTS).unwrap();
        assert_eq!(scores, memory.run_one::<f32, f32>(&drawing()).unwrap());
        assert!(memory.reload(None::<&str>).is_err());
        let other = std::thread::spawn(move || memory.run_one::<f32, f32>(&drawing()).unwrap());
        assert_eq!(scores, other.join().unwrap());
    }
}
